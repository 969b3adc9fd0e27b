import { useMe } from "@/api/queries";
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
  useCrumbs([{ label: "Home" }]);
  return (
    <Page>
      <PageHead title={user.firstname ? `Hello, ${user.firstname}` : site.name} tab="Home" />
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
