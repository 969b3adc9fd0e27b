import { Outlet } from "@tanstack/react-router";
import { useIsAdmin } from "@/api/rights";
import { t } from "@/i18n/text";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";

/** Around pages of site administrators: others are told so, and nothing is asked of the server for them. */
export function ForAdmins() {
  if (useIsAdmin()) return <Outlet />;
  return (
    <Page>
      <PageHead title={t("For site administrators")} />
      <div className="panel">
        <Message title={t("You may not see this page")}>
          {t("Only site administrators can. One of them can make you one on the page of your user.")}
        </Message>
      </div>
    </Page>
  );
}
