// The shift board: follows the server, nothing more.

import { begin } from "./live.js";

begin(() => {});
