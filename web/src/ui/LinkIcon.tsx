import { ActionIcon, type ActionIconProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, Ref } from "react";

type Props = ActionIconProps &
  Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof ActionIconProps> & { ref?: Ref<HTMLAnchorElement> };

/** A link that looks like an icon button; give it an `aria-label`. */
export const LinkIcon = createLink((props: Props) => <ActionIcon component="a" {...props} />);
