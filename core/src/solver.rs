//! The folding solver: array shapes with the fewest cycles a frame for a budget of multipliers.
//!
//! The four arrays are independent but for time: for each shape of the expand array (which also runs the data block)
//! the shortest iteration that the rest of the budget allows is found, and the shapes with the shortest estimated
//! frame are compared by the exact schedule. Requantisation multipliers are not in the budget; shapes that need many
//! are avoided where they win little. All of it is done for jobs of one, two and four pixels, unless the number is said.

mod budget;
mod estimate;
mod fit;
mod mapper;
mod pixels;
mod rate;
mod rings;
mod search;

pub use budget::solve;
pub use estimate::{Estimate, estimate, exact, weigh};
pub use fit::solve_target;
pub use mapper::{Shortage, Target};
pub use pixels::PIXELS;
pub use rate::{Found, Goal, solve_rate};
pub use search::MIN_MULTIPLIERS;
