// A module that cannot be imported.

throw new Error("the database password is not set");
