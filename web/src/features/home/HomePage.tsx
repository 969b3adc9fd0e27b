import { useMe } from "@/api/queries";
import { t } from "@/i18n/text";
import { Columns } from "@/ui/Columns";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { LatestSessions } from "./LatestSessions";
import { RecentProjects } from "./RecentProjects";
import { ScannerCard } from "./ScannerCard";

/** Where one's work continues: projects, what has just come in, how to send more. */
export function HomePage() {
  const { user, site } = useMe();
  useCrumbs([{ label: t("Home") }]);
  return (
    <Page>
      <PageHead
        title={user.firstname ? t("Hello, {firstname}", { firstname: user.firstname }) : site.name}
        tab={t("Home")}
      />
      <Columns
        main={<LatestSessions />}
        side={
          <>
            <RecentProjects />
            <ScannerCard />
          </>
        }
      />
    </Page>
  );
}
