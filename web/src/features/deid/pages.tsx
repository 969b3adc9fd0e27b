import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { api } from "@/api/client";
import { LIVE, useProject } from "@/api/queries";
import { useIsAdmin, useMay, useMayInGroup } from "@/api/rights";
import type { Group } from "@/api/types";
import { rich } from "@/i18n/rich";
import { t } from "@/i18n/text";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { DeidEditor } from "./DeidEditor";
import { groupPlace, projectPlace, SITE } from "./deid";

/** How files that come to a project are de-identified. */
export function ProjectDeid() {
  const { p } = useParams({ strict: false }) as { p: string };
  const { group } = useProject(p);
  const mayEdit = useMay(p)("settings_modify");
  const admin = useIsAdmin();
  const others = [...(useMayInGroup(group)("admin") ? [groupPlace(group)] : []), ...(admin ? [SITE] : [])];
  return <DeidEditor place={projectPlace(p)} mayEdit={mayEdit} project={p} others={others} />;
}

/** The profile of a group's projects that have none of their own. */
export function GroupDeid() {
  const { g } = useParams({ strict: false }) as { g: string };
  const mayEdit = useMayInGroup(g)("admin");
  const address = `/groups/${encodeURIComponent(g)}`;
  const { data } = useQuery({ queryKey: [LIVE, "groups", g], queryFn: () => api.get<Group>(address) });
  const label = data?.label || g;
  useCrumbs([
    { label: t("Projects"), href: "/projects" },
    { label, href: address },
    { label: t("De-identification") },
  ]);
  return (
    <Page>
      <PageHead
        title={t("De-identification")}
        kind={rich("Group {group}", {
          group: (
            <Link to="/groups/$g" params={{ g }}>
              {label}
            </Link>
          ),
        })}
      />
      <DeidEditor place={groupPlace(g)} mayEdit={mayEdit} project={null} />
    </Page>
  );
}

/** The site's profile. */
export function SiteDeid() {
  useCrumbs([{ label: t("De-identification") }]);
  return (
    <Page>
      <PageHead title={t("De-identification")} kind={t("Site")} />
      <DeidEditor place={SITE} mayEdit={useIsAdmin()} project={null} />
    </Page>
  );
}
