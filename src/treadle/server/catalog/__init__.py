"""Groups, projects, subjects, sessions, acquisitions, analyses, collections and files."""
