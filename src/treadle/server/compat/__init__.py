"""What only some client versions need; deletable as a whole."""
