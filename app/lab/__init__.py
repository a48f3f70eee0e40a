"""What a person can do in the lab, and what the lab keeps while it runs."""
