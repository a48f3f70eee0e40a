"""A worker without a broker to look after."""

from celery import Celery

app = Celery("tasks", broker="memory://", backend="cache+memory://")
