"""Other frameworks' interfaces over memdb's areas: a module each, with an extra of its name, imported by whoever uses it."""
