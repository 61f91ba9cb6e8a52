"""What every room may use: errors, safe file writing, configuration, progress, the machine."""
