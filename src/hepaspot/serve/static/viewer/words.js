/**
 * The strings that the viewer shows or says; types alone, no code.
 *
 * The page gives them in its language. What stands in braces is filled in by the viewer.
 *
 * @typedef {object} ViewerWords
 * @property {string} viewer  name of the whole, for who does not see it
 * @property {string} stage  name of the picture: {name} {width} {height}
 * @property {string} stage_clip  name of a clip's frame: as `stage`, {frame} {frames}
 *
 * @property {string} tools  name of the group
 * @property {string} tool_move
 * @property {string} tool_measure
 * @property {string} tool_mark
 * @property {string} hint_move  how it is used with keys, for who does not see the picture
 * @property {string} hint_measure
 * @property {string} hint_measure_pixels  the same where the scale is unknown
 * @property {string} hint_mark
 *
 * @property {string} zoom  name of the group
 * @property {string} zoom_in
 * @property {string} zoom_out
 * @property {string} zoom_fit
 * @property {string} zoom_one
 * @property {string} zoom_at  {percent}
 *
 * @property {string} layers  name of the group
 * @property {string} layer_foci
 * @property {string} layer_behind
 * @property {string} layer_tubes
 * @property {string} layer_fan
 * @property {string} layer_liver
 * @property {string} layer_labels
 *
 * @property {string} levels  name of the group
 * @property {string} brightness
 * @property {string} contrast
 * @property {string} levels_reset
 *
 * @property {string} lengths  name of the group
 * @property {string} length_mm  {length}
 * @property {string} length_px  {length}
 * @property {string} length_set  said when a length is measured: {length}
 * @property {string} length_start  said when its first end is set
 * @property {string} length_item  name in the list: {number} {length}
 * @property {string} length_item_frame  the same in a clip: {number} {length} {frame}
 * @property {string} length_remove  {length}
 * @property {string} length_removed  {length}
 * @property {string} scale_unknown
 *
 * @property {string} clip  name of the group
 * @property {string} play
 * @property {string} pause
 * @property {string} step_back
 * @property {string} step_on
 * @property {string} frame  name of the slider
 * @property {string} frame_of  {frame} {frames}
 * @property {string} frame_best  {frame} {frames}
 * @property {string} to_best
 * @property {string} frame_failed  {frame}
 * @property {string} loading
 *
 * @property {string} spot  a focus, said when it is selected: {number} {count} {label} {tone}
 * @property {string} spot_by_hand  the same of one that a person drew or moved
 * @property {string} by_hand
 * @property {string} tone_calcification
 * @property {string} tone_duct_stone
 * @property {string} tone_duct_gas
 * @property {string} tone_other
 * @property {string} tone_plain
 * @property {string} none_selected
 * @property {string} no_spots
 * @property {string} spot_remove  {number}
 * @property {string} spot_removed  {number}
 * @property {string} handle  {number} {count}
 * @property {string} reshaping  said at the first move by key
 * @property {string} reshaped  {number}
 * @property {string} reshape_reverted
 * @property {string} marked
 * @property {string} outside_picture
 * @property {string} cross_at  {x} {y}
 * @property {string} not_saved  where the page says no more
 *
 * @property {string} message_close
 * @property {string} help
 * @property {string} help_title
 * @property {string} help_close
 * @property {string} help_touch  what fingers do
 * @property {string} key_zoom
 * @property {string} key_fit
 * @property {string} key_one
 * @property {string} key_arrows
 * @property {string} key_tools
 * @property {string} key_enter
 * @property {string} key_escape
 * @property {string} key_delete
 * @property {string} key_next
 * @property {string} key_layers
 * @property {string} key_step
 * @property {string} key_play
 * @property {string} key_best
 * @property {string} key_handles
 * @property {string} key_help
 */

export {};
