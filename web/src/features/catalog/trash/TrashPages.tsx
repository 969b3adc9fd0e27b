import { useParams } from "@tanstack/react-router";
import { t } from "@/i18n/text";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { TrashTable } from "./TrashTable";

/** What was deleted in a project. */
export function ProjectTrash() {
  const { p } = useParams({ strict: false }) as { p: string };
  return <TrashTable project={p} />;
}

/** What was deleted anywhere, projects and groups among it. */
export function TrashPage() {
  useCrumbs([{ label: t("Trash") }]);
  return (
    <Page>
      <PageHead title={t("Trash")} about={t("Everything deleted, newest first")} />
      <TrashTable />
    </Page>
  );
}
