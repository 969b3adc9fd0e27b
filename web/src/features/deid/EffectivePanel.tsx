import type { ReactNode } from "react";
import { t } from "@/i18n/text";
import { Facts } from "@/ui/Facts";
import { dateTime } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { StateMark } from "@/ui/StateMark";
import { type Effective, levelWords } from "./deid";

/** Which profile files that come here go through. */
export function EffectivePanel({ found }: { found: Effective }) {
  const profile = found.profile;
  return (
    <Panel title={t("What applies")} aside={<Mark found={found} />}>
      {profile ? (
        <Facts
          facts={[
            [t("Profile"), profile.name || t("without a name")],
            [t("Set at"), levelWords(profile)],
            [t("Version"), profile.version],
            [t("Since"), dateTime(profile.created)],
            [t("Locked"), profile.locked ? t("yes: below, only stricter ones count") : null],
            [t("Hash"), <Hash key="hash" text={profile.sha256 ?? ""} />],
          ]}
        />
      ) : (
        <p className="dim" style={{ margin: 0 }}>
          {found.required
            ? t(
                "This site demands a profile and there is none: uploads are refused until one is saved here, for the group or for the site.",
              )
            : t(
                "No profile is set: what is uploaded is stored as it comes, with everything its headers say.",
              )}
        </p>
      )}
    </Panel>
  );
}

function Mark({ found }: { found: Effective }): ReactNode {
  if (found.exempt) return <StateMark state="warn" words={t("exempt")} />;
  if (found.profile) return <StateMark state="ok" words={t("de-identified")} />;
  return found.required ? (
    <StateMark state="bad" words={t("uploads refused")} />
  ) : (
    <StateMark state="warn" words={t("PHI risk")} />
  );
}

const Hash = ({ text }: { text: string }) => (
  <span className="mono" title={text}>
    {text.slice(0, 12)}
  </span>
);
