"""The commands of `signal-lab` beside `serve`, one file each; `app/cli.py` gathers them."""
