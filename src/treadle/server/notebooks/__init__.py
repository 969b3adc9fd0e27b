"""Work in Jupyter on a project of this site."""
