"""What is said of how a container was set up: plain values of the engine in, sentences with their source out."""
