import { useQuery } from "@tanstack/react-query";
import { Outlet, useParams, useRouterState } from "@tanstack/react-router";
import { containerQuery } from "@/api/queries";
import { useMayInCollection } from "@/api/rights";
import { t } from "@/i18n/text";
import { BatchLink } from "@/parts/batch/BatchLink";
import { DownloadButton } from "@/parts/download/DownloadButton";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { TabLinks } from "@/ui/TabLinks";
import { DeleteButton } from "../DeleteButton";

/** The frame of a collection's pages. */
export function CollectionFrame() {
  const { c } = useParams({ strict: false }) as { c: string };
  const { data: collection, error, refetch } = useQuery(containerQuery("collections", c));
  const path = useRouterState({ select: (state) => state.location.pathname });
  const may = useMayInCollection(collection?.permissions);
  useCrumbs([{ label: t("Collections"), href: "/collections" }, { label: collection?.label ?? "" }]);
  if (error && !collection)
    return <Failure error={error} what={t("collection")} onRetry={() => void refetch()} />;
  if (!collection) return <Loading />;
  const base = `/collections/${c}`;
  const about = path.startsWith(`${base}/about`);
  const analyses = path.startsWith(`${base}/analyses`);
  return (
    <Page fill={!about}>
      <PageHead
        title={collection.label}
        kind={
          collection.curator ? t("Collection of {curator}", { curator: collection.curator }) : t("Collection")
        }
        about={collection.description}
        actions={
          <>
            {may("containers_delete_hierarchy") ? (
              <DeleteButton level="collection" id={c} label={collection.label} parents={{}} />
            ) : null}
            <BatchLink collection={c} />
            <DownloadButton nodes={[{ level: "collection", _id: c }]} words={t("Download all")} />
          </>
        }
      />
      <TabLinks
        label={t("Collection")}
        tabs={[
          { href: base, words: t("Sessions"), here: !about && !analyses },
          { href: `${base}/analyses`, words: t("Analyses"), here: analyses },
          { href: `${base}/about`, words: t("People and details"), here: about },
        ]}
      />
      <Outlet />
    </Page>
  );
}
