"""What an operator runs: connecting, migrating, checking, dumping and restoring, and the embedded server."""
