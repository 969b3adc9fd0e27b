import { Button, Divider } from "@mantine/core";
import { apiUrl } from "@/api/client";
import { t } from "@/i18n/text";

/** Leads to the site's OpenID provider and back to the page that was wanted. */
export function OidcButton({ label, next, alone }: { label: string; next: string; alone: boolean }) {
  return (
    <>
      {alone ? null : <Divider label={t("or")} />}
      <Button
        component="a"
        href={apiUrl("/x/login/oidc", { next })}
        variant={alone ? "filled" : "default"}
        fullWidth
      >
        {t("Log in with {label}", { label })}
      </Button>
    </>
  );
}
