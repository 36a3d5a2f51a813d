"""Makes memory_service importable: pytest puts the folder of a conftest.py on the path."""
