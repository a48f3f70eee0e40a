"""`signal-lab serve`: the server, where its words go, and what it says in the terminal."""
