import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@/ui/base.css";
import { loadCatalogue } from "@/i18n/language";

// Modules keep words in constants, so the catalogue comes before all of them.
void loadCatalogue().then(() => import("./app"));
