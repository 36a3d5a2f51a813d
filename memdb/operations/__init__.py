"""What an operator runs: connecting, migrating, checking, dumping and restoring, the embedded server."""
