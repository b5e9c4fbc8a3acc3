// What the pages of the documentation load: the parts of the app that they need, and their own.
import { startAppearance } from "./parts/appearance";
import { startCopying } from "./parts/copy";
import { startDocs } from "./parts/docs";
import { startDocsSearch } from "./parts/docs-search";
import { startIslands } from "./parts/islands";
import { startKeys } from "./parts/keys";
import { startMenus } from "./parts/menus";
import { startTips } from "./parts/tips";
import { startToasts } from "./parts/toasts";

startAppearance();
startToasts();
startMenus();
startTips();
startKeys();
startCopying();
startDocs();
startDocsSearch();
startIslands();
