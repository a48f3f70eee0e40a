"""What is known of programs by name: which are shells, inits, forwarders, servers, and what each makes of a signal."""
