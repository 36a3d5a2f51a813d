-- Checks what was deferred, now.
SET CONSTRAINTS ALL IMMEDIATE
