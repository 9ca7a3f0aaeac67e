/** Hands changes to the page one by one; shows each at once and takes it back if it is refused. */

import { seenFoci } from "./state.js";

/**
 * @typedef {import("./types.js").Point} Point
 * @typedef {import("./state.js").Desk} Desk
 * @typedef {ReturnType<typeof makeSaver>} Saver
 */

/**
 * @param {Desk} desk
 * @param {import("./types.js").Hooks} hooks
 * @param {import("./live.js").Live} live
 * @param {string} notSaved  said where the page gives no reason
 * @param {(busy: boolean) => void} onBusy
 */
export function makeSaver(desk, hooks, live, notSaved, onBusy) {
  let line = Promise.resolve();
  let waiting = 0;

  /**
   * @param {() => Promise<void>} work
   * @param {(updated: boolean) => void} kept  told whether the page gave a new picture meanwhile
   * @param {() => void} back
   */
  function hand(work, kept, back) {
    waiting += 1;
    onBusy(true);
    line = line.then(async () => {
      const before = desk.now.updates;
      /** @type {string | null} */
      let refusal = null;
      try {
        await work();
        kept(desk.now.updates !== before);
      } catch (error) {
        back();
        refusal = error instanceof Error && error.message !== "" ? error.message : notSaved;
      }
      waiting -= 1;
      onBusy(waiting > 0);
      if (refusal !== null) live.fail(refusal);
    });
  }

  return {
    /**
     * @param {string} id
     * @param {Point[]} outline
     * @param {number} frame
     */
    reshape(id, outline, frame) {
      desk.change({ reshaped: { ...desk.now.reshaped, [id]: outline } });
      const settle = () => {
        // A later shape of the same focus may be waiting.
        if (desk.now.reshaped[id] !== outline) return;
        const { [id]: _done, ...others } = desk.now.reshaped;
        desk.change({ reshaped: others });
      };
      hand(
        () => hooks.onReshape({ id, outline, frame }),
        (updated) => {
          if (!updated) exchange(desk, id, (focus) => [{ ...focus, outline, by_hand: true }]);
          settle();
        },
        settle,
      );
    },
    /** @param {string} id */
    remove(id) {
      desk.change({ gone: [...desk.now.gone, id] });
      const settle = () => desk.change({ gone: desk.now.gone.filter((other) => other !== id) });
      hand(
        () => hooks.onDelete({ id }),
        (updated) => {
          if (!updated) exchange(desk, id, () => []);
          settle();
        },
        () => {
          settle();
          if (desk.now.selected === null && seenFoci(desk.now).some((focus) => focus.id === id)) {
            desk.change({ selected: id });
            hooks.onSelect(id);
          }
        },
      );
    },
    /** @param {import("./state.js").Spot} spot */
    add(spot) {
      desk.change({ spots: [...desk.now.spots, spot] });
      const settle = () => desk.change({ spots: desk.now.spots.filter((other) => other !== spot) });
      hand(() => hooks.onAdd({ ...spot }), settle, settle);
    },
  };
}

/**
 * @param {Desk} desk
 * @param {string} id
 * @param {(focus: import("./types.js").Focus) => import("./types.js").Focus[]} by
 */
function exchange(desk, id, by) {
  const { picture } = desk.now;
  const foci = picture.foci.flatMap((focus) => (focus.id === id ? by(focus) : [focus]));
  desk.change({ picture: { ...picture, foci } });
}
