import type { Gear } from "@/api/gears";
import type { May } from "@/api/rights";

/** Gears that make analyses change no data; the others put files where the data are. */
export const mayRun = (may: May, category: Gear["category"]) =>
  category === "analysis"
    ? may("analyses_create_job")
    : may("jobs_manage") && may("files_create_single") && may("files_modify_metadata");

export const mayRunAny = (may: May) =>
  may("files_view_contents") && (mayRun(may, "analysis") || mayRun(may, "utility"));
