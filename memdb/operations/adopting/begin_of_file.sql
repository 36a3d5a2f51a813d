-- From here on all is read as of one moment.
BEGIN
