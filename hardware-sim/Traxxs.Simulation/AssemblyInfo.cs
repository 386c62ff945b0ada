using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Traxxs.Simulation.Tests")]
