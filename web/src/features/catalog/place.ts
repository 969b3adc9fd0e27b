import type { May } from "@/api/rights";

/** Address below `/api` of the container or file that is changed, and what the user may do there. */
export interface Place {
  path: string;
  may: May;
  isFile?: boolean;
}
