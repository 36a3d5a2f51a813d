-- Begins a transaction that reads everything in one snapshot.
BEGIN
