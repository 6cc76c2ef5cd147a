// What every page loads; pages add modules of their own in the scripts block.

import "./theme.js";
import "./elapsed.js";
import "./stepper.js";
import "./sheet.js";
import "./htmx-setup.js";
