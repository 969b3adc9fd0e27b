import { ApiError } from "@/api/client";
import { t } from "@/i18n/text";

/** What the server says when a login through the OpenID provider did not work (`/login?problem=`). */
const PROBLEMS: Record<string, string> = {
  oidc_expired: t("That login took too long or was started in another window. Please try again."),
  oidc_refused: t("The login was cancelled."),
  oidc_trouble: t(
    "The login service did not answer as expected. Please try again; if it stays so, tell your administrator.",
  ),
  oidc_unverified: t(
    "The login service has not verified your e-mail address, so your account cannot be found by it.",
  ),
  oidc_unknown: t("There is no account here for your e-mail address. Ask an administrator for one."),
  oidc_disabled: t("Your account is disabled. Ask an administrator."),
};

/** The sentence of a problem named in the address; none for names nobody knows. */
export function problemText(name: string | undefined): string | null {
  return name === undefined ? null : (PROBLEMS[name] ?? null);
}

/** What to say after a failed try to log in. */
export function refusalText(error: unknown): string {
  if (error instanceof ApiError && error.code === "access.wrong_login")
    return t("E-mail or password is not right.");
  if (error instanceof ApiError && error.code === "access.wrong_code")
    return t("This code is not right, or was used before. Wait for the next one.");
  return (error as Error).message;
}

/** Only addresses of this app: never lead a fresh login elsewhere. */
export function ownPage(next: string | undefined): string {
  return next?.startsWith("/") && !/^\/[/\\]/.test(next) ? next : "/";
}
