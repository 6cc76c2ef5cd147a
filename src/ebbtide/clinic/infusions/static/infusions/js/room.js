// Everything the room page runs; pages with one of these alone may load its module.

import "./live-feed.js";
import "./vital-tile.js";
import "./trend-plot.js";
import "./entry-outbox.js";
import "./entry-form.js";
import "./stop-button.js";
import "./level-readout.js";
