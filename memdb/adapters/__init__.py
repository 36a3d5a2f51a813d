"""Other frameworks' interfaces over memdb's areas: one module each, with an extra of its name, imported by its users."""
