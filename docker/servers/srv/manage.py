"""A Django site in one file."""

import secrets
import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpResponse
from django.urls import path

settings.configure(DEBUG=True, ROOT_URLCONF="__main__", ALLOWED_HOSTS=["*"], SECRET_KEY=secrets.token_hex())
urlpatterns = [path("", lambda _request: HttpResponse("hello\n"))]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
