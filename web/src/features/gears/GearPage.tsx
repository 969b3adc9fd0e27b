import { Anchor, Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { api } from "@/api/client";
import { type Gear, suiteOf, useIsDeveloper, versionsQuery } from "@/api/gears";
import { useChange } from "@/api/useChange";
import { t, tIn } from "@/i18n/text";
import { CATEGORY_WORDS } from "@/parts/jobs/categories";
import { Columns } from "@/ui/Columns";
import { Facts } from "@/ui/Facts";
import { Failure } from "@/ui/Failure";
import { dateTime } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";
import { StateMark } from "@/ui/StateMark";
import { ManifestPanels } from "./ManifestPanels";
import { RestrictionPanel } from "./RestrictionPanel";

/** One version of a gear: what it needs, what it can be told, who may run it. */
export function GearPage() {
  const { name, version } = useParams({ from: "/inside/framed/gears/$name/$version" });
  const found = useQuery(versionsQuery(name));
  const versions = found.data?.results ?? [];
  const shown = versions.find((one) => one.gear.version === version);
  useCrumbs([{ label: t("Gears"), href: "/gears" }, { label: shown?.gear.label ?? name }]);
  if (found.error && !found.data)
    return <Failure error={found.error} what={t("gear")} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  if (!shown)
    return (
      <Message title={t("This version of the gear is not here")} alert>
        {t("It may have been disabled, or you may not be allowed to run it.")}
      </Message>
    );
  const { gear, category } = shown;
  return (
    <Page>
      <PageHead
        title={gear.label}
        kind={t("Gear, {category}", { category: CATEGORY_WORDS[category] })}
        about={
          <>
            <span className="mono">{gear.name}</span> {gear.version}
          </>
        }
        mark={shown.disabled ? <StateMark state="off" words={t("disabled")} /> : null}
        actions={<Enabling key={shown._id} shown={shown} />}
      />
      <Columns
        main={
          <>
            <Panel title={t("What it does")}>
              <Text style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{gear.description}</Text>
            </Panel>
            <ManifestPanels manifest={gear} />
          </>
        }
        side={
          <>
            <Panel title={t("About")}>
              <Facts
                facts={[
                  [t("Suite"), suiteOf(shown)],
                  [t("Author"), gear.author],
                  [t("Maintainer"), gear.maintainer],
                  [t("Licence"), gear.license],
                  [t("Home page"), gear.url && <Address key="url" url={gear.url} />],
                  [t("Source"), gear.source && <Address key="source" url={gear.source} />],
                  [t("Cite"), gear.cite],
                  [t("Needs"), gear.capabilities?.join(", ")],
                  [t("Added"), dateTime(shown.created)],
                  [
                    t("Content"),
                    <span key="content" className="mono" style={{ overflowWrap: "anywhere" }}>
                      {shown.exchange?.["rootfs-url"] ??
                        gear.custom?.["gear-builder"]?.image ??
                        tIn("content", "none")}
                    </span>,
                  ],
                ]}
              />
            </Panel>
            <Versions versions={versions} here={version} />
            <RestrictionPanel name={gear.name} />
          </>
        }
      />
    </Page>
  );
}

/** Only web addresses become links: a manifest is a stranger's. */
function Address({ url }: { url: string }) {
  return /^https?:\/\//i.test(url) ? (
    <Anchor href={url} target="_blank" rel="noreferrer" style={{ overflowWrap: "anywhere" }}>
      {url}
    </Anchor>
  ) : (
    url
  );
}

function Enabling({ shown }: { shown: Gear }) {
  const developer = useIsDeveloper();
  const path = `/gears/${shown._id}`;
  const change = useChange(() => (shown.disabled ? api.post(`${path}/enable`) : api.delete(path)), ["gears"]);
  if (!developer) return null;
  return (
    <Button
      variant="default"
      title={shown.disabled ? undefined : t("No new runs of this version; what ran stays")}
      loading={change.isPending}
      onClick={() => change.mutate(undefined)}
    >
      {shown.disabled ? t("Enable") : t("Disable")}
    </Button>
  );
}

function Versions({ versions, here }: { versions: Gear[]; here: string }) {
  return (
    <Panel title={t("Versions")} flush>
      <SimpleTable
        label={t("Versions")}
        rows={versions}
        rowKey={(row) => row._id}
        columns={[
          {
            head: t("Version"),
            cell: ({ gear: { name, version }, disabled }) => (
              <>
                {version === here ? (
                  <b>{version}</b>
                ) : (
                  <Link to="/gears/$name/$version" params={{ name, version }}>
                    {version}
                  </Link>
                )}
                {disabled ? ` (${t("disabled")})` : ""}
              </>
            ),
          },
          { head: t("Added"), cell: (row) => dateTime(row.created) },
        ]}
      />
    </Panel>
  );
}
