"""The diagrams of the documentation, drawn from the networks themselves."""
