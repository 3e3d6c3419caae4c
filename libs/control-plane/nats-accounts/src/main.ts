// Writes the table of identities into docs/security.md.

import { writeFile } from "node:fs/promises";
import { format } from "prettier";
import { SECURITY_PAGE, securityPage } from "./identities-page.ts";

const page = await format(await securityPage(), { parser: "markdown", printWidth: 100 });
await writeFile(SECURITY_PAGE, page);
