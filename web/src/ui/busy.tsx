import type { ComponentProps } from "react";

type Props = ComponentProps<"button"> & { "data-loading"?: boolean; "data-disabled"?: boolean };

/**
 * The button of the component library, but one that is busy is not switched off: a button that is switched off loses the
 * focus. It is said to be busy, and does nothing when it is pressed again.
 */
export function busyRoot(props: ComponentProps<"button">) {
  const { "data-loading": busy, "data-disabled": off, ...rest } = props as Props;
  // Without a type it is no button but a link.
  if (!rest.type) return <a {...(props as unknown as ComponentProps<"a">)} />;
  if (!busy) return <button {...(props as ComponentProps<"button">)} />;
  return (
    <button
      {...rest}
      data-loading
      data-disabled={off}
      disabled={off}
      aria-busy
      aria-disabled
      onClick={(event) => event.preventDefault()}
    />
  );
}
