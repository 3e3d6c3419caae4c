// A test file that breaks before its first test, for the reporter's own test.

throw new Error("broken");
