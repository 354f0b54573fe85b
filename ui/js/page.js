// What the page needs beyond Gradio, one idea in each file. This one starts them.

import "./asking.js";
import "./dialogs.js";
import { placeAnnouncer } from "./announcer.js";
import { startWatching, whenReady } from "./moments.js";

whenReady(placeAnnouncer);
startWatching();
