-- Checks deferred references now.
SET CONSTRAINTS ALL IMMEDIATE
