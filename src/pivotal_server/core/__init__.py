"""What every slice stands on and no slice owns: settings, database, errors, ids, time, HTTP."""
