"""The catalogue: experiments as data, and what runs their steps."""
