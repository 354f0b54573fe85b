// What the page needs beyond Gradio, one idea in each file. This one starts them.

import "./asking.js";
import "./buttons.js";
import "./dialogs.js";
import "./memory.js";
import "./viewer.js";
import "./words.js";
import { placeAnnouncer } from "./announcer.js";
import { startWatching, whenReady } from "./moments.js";

whenReady(placeAnnouncer);
startWatching();
