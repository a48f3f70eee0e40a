"""What is given away: the wheel, the image, the compose file."""
