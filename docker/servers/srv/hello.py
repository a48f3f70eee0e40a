"""As in the first lines of Flask's own guide."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello():
    return "hello\n"
