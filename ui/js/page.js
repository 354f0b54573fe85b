// What the page needs beyond Gradio, one idea in each file. This one starts them.

import "./viewer.js"; // first: an open copy is back in its place before asking.js scrolls to the answer
import "./asking.js";
import "./buttons.js";
import "./dialogs.js";
import "./feedback.js";
import "./handout.js";
import "./installable.js";
import "./keys.js";
import "./memory.js";
import "./read_aloud.js";
import "./reading_aids.js";
import "./voice_typing.js";
import "./words.js";
import { placeAnnouncer } from "./announcer.js";
import { startWatching, whenReady } from "./moments.js";

whenReady(placeAnnouncer);
startWatching();
