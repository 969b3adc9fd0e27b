import { t } from "@/i18n/text";

/** The site roles that people can have; devices and the public have their own. */
export const SITE_ROLES = [
  { value: "user", label: t("User"), about: t("Works in the projects they have roles in.") },
  { value: "developer", label: t("Developer"), about: t("Also uploads and maintains gears.") },
  { value: "site_admin", label: t("Site administrator"), about: t("May do everything everywhere.") },
];

/** What somebody is on the site, in words. */
export const roleWords = (roles: string[]): string =>
  SITE_ROLES.find((one) => one.value === siteRole(roles))?.label ?? "";

/** The highest role held; the lower ones are in it. */
export const siteRole = (roles: string[]): string =>
  ["site_admin", "developer"].find((role) => roles.includes(role)) ?? "user";
